// Mocks with the examples that descriptions in the schema give: "such as `7K3M-9QPX-2F4D`".

const EXAMPLE = /\b(?:such as|as in) `([^`]+)`/;
const exampleOf = ({ description }) => EXAMPLE.exec(description ?? "")?.[1];

/** `mocks` for addMocksToSchema of @graphql-tools/mock, of a schema with its descriptions. */
export function mocksOf(schema) {
  const mocks = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if ("specifiedByURL" in type) {
      const example = exampleOf(type);
      if (example) mocks[type.name] = () => (/^\d+$/.test(example) ? Number(example) : example);
    } else if ("isTypeOf" in type) {
      const texts = Object.values(type.getFields())
        .filter((field) => /^String!?$/.test(String(field.type)))
        .flatMap((field) => (exampleOf(field) ? [[field.name, exampleOf(field)]] : []));
      if (texts.length) mocks[type.name] = () => Object.fromEntries(texts);
    }
  }
  return mocks;
}
