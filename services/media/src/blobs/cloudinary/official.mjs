// What Cloudinary's own client makes of the same account: `official.rs` starts this, and compares.
//
//   argv[2]   the package.json of whoever has that client
//   stdin     the account, and what to do, as JSON
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { account, parameters, upload, destroy, addresses } = JSON.parse(await text(process.stdin));
// It decides whether to speak TLS when it is loaded, by what stands here.
process.env.CLOUDINARY_URL = `cloudinary://${account.api_key}:${account.api_secret}@${account.cloud_name}?upload_prefix=${account.upload_prefix}`;
const { v2: cloudinary } = createRequire(process.argv[2])("cloudinary");

const files = { resource_type: "raw", type: "authenticated" };
const signatures = ["sha1", "sha256"].map((algorithm) => parameters.map((each) => cloudinary.utils.api_sign_request(each, account.api_secret, algorithm)));
const urls = ["sha1", "sha256"].map((signature_algorithm) => {
  const long = signature_algorithm === "sha256";
  return addresses.map((name) => cloudinary.url(name, { ...files, urlAnalytics: false, sign_url: true, force_version: false, signature_algorithm, long_url_signature: long }));
});
const uploaded = await cloudinary.uploader.upload(upload.data, { ...files, public_id: upload.name, overwrite: false });
const destroyed = await cloudinary.uploader.destroy(destroy, { ...files, invalidate: true });
console.log(JSON.stringify({ signatures, urls, uploaded, destroyed }));
