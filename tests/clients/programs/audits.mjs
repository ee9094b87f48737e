// The audits of graphql-http: what a server over HTTP must, should and may do.
import { auditServer } from "graphql-http";

const { url } = JSON.parse(process.argv[2]);
for (const { id, name, status, reason } of await auditServer({ url })) {
  console.log(JSON.stringify({ id, name, status, reason }));
}
