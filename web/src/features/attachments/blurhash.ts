// What a picture looks like from afar, read from some letters: a few waves of
// colour added up (https://github.com/woltapp/blurhash, Algorithm.md). Pure.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

type Colour = readonly [red: number, green: number, blue: number];

/** The pixels, as a canvas takes them; nothing if the letters say nothing. */
export function pixelsOf(hash: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> | undefined {
  if (hash.length < 6 || [...hash].some((letter) => !DIGITS.includes(letter))) return undefined;
  const shape = number(hash, 0, 1);
  const [across, down] = [(shape % 9) + 1, Math.floor(shape / 9) + 1];
  if (hash.length !== 4 + 2 * across * down) return undefined;
  const most = (number(hash, 1, 2) + 1) / 166;
  const waves = Array.from({ length: across * down }, (_, place) => (place === 0 ? average(number(hash, 2, 6)) : wave(number(hash, 4 + place * 2, 6 + place * 2), most)));
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) pixels.set([...colourAt(waves, across, x / width, y / height), 255], (y * width + x) * 4);
  }
  return pixels;
}

function colourAt(waves: readonly Colour[], across: number, x: number, y: number): Colour {
  let [red, green, blue] = [0, 0, 0];
  for (const [place, [r, g, b]] of waves.entries()) {
    const weight = Math.cos(Math.PI * x * (place % across)) * Math.cos(Math.PI * y * Math.floor(place / across));
    red += r * weight;
    green += g * weight;
    blue += b * weight;
  }
  return [encoded(red), encoded(green), encoded(blue)];
}

function number(hash: string, from: number, to: number): number {
  return Array.from(hash.slice(from, to)).reduce((sum, letter) => sum * 83 + DIGITS.indexOf(letter), 0);
}

function average(value: number): Colour {
  return [linear(value >> 16), linear((value >> 8) & 255), linear(value & 255)];
}

function wave(value: number, most: number): Colour {
  const strength = (step: number) => {
    const part = (step - 9) / 9;
    return Math.sign(part) * part * part * most;
  };
  return [strength(Math.floor(value / 361)), strength(Math.floor(value / 19) % 19), strength(value % 19)];
}

/** From sRGB to light, and back. */
function linear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  const part = Math.max(0, Math.min(1, light));
  return Math.round((part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055) * 255);
}
