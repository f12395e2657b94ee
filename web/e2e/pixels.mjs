// Pictures made for the stories, and what of them is seen.
import { deflateSync } from "node:zlib";

/** A picture is kept without loss, but for what colours are called. */
const NEAR = 12;

export const RED = [200, 30, 30];
export const BLUE = [30, 60, 200];
export const GREEN = [20, 150, 60];

/** A picture whose left half is of one colour and whose right half of another. */
export function png(left, right, width = 200, height = 150) {
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, (_, x) => Buffer.from(x < width / 2 ? left : right))]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [["IHDR", header], ["IDAT", deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks.map(([kind, body]) => chunk(kind, body))]);
}

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, check]);
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

export function pngFile(name, left, right) {
  return { name, mimeType: "image/png", buffer: png(left, right) };
}

/** The colours of the two halves of a picture, where it is drawn. */
function colours(drawn) {
  return drawn.evaluate(async (image) => {
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [0.25, 0.75].map((part) => Array.from(context.getImageData(Math.floor(canvas.width * part), Math.floor(canvas.height / 2), 1, 1).data.slice(0, 3)));
  });
}

/** Makes sure that a picture has these colours. */
export async function shows(picture, left, right) {
  await showsIn(picture.locator("img"), left, right);
}

/** The same of the image itself. */
export async function showsIn(image, left, right) {
  const found = await colours(image);
  const isNear = found.every((colour, half) => colour.every((value, place) => Math.abs(value - [left, right][half][place]) <= NEAR));
  if (!isNear) throw new Error(`the colours are ${JSON.stringify(found)}`);
}
