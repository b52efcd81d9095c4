// Prints the type of the event on standard input if its headers verify; fails otherwise.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const [secret, id, timestamp, signature] = process.argv.slice(2);
const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
console.log(new Webhook(secret).verify(readFileSync(0, "utf8"), headers).type);
