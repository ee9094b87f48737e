// What relay-compiler writes is imported without its ending, as bundlers allow.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (name, context, next) => next(name.endsWith(".graphql") ? `${name}.ts` : name, context),
});
