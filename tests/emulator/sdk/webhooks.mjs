// Verifies what the emulator really posted, as an application does, and prints what it
// made of it. POSTED is a JSON list of {body, header}: base64 of the raw body, and the
// signature. SECRET is the secret.
import { webhooks } from "@trigger.dev/sdk";

const constructed = async ({ body, header }) => {
  const payload = Buffer.from(body, "base64").toString();
  const request = new Request("http://receiver.test/", {
    method: "POST",
    body: payload,
    headers: { [webhooks.SIGNATURE_HEADER_NAME]: header },
  });
  const results = [];
  for (const given of [{ payload, header }, request]) {
    try {
      results.push(await webhooks.constructEvent(given, process.env.SECRET));
    } catch (error) {
      results.push({ name: error.name, message: error.message });
    }
  }
  return results;
};

const posted = JSON.parse(process.env.POSTED);
console.log(JSON.stringify({ heard: await Promise.all(posted.map(constructed)) }));
