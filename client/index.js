// What front ends of Gerbang share; it needs nothing. See README.md.

export { mocksOf } from "./examples.js";
export { following } from "./following.js";
export { label, labels } from "./labels.js";
export { mistakesOf, Mistakes } from "./mistakes.js";
