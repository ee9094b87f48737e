// What front ends of Gerbang share; it needs nothing. See README.md.

export { following } from "./following.js";
export { label, labels } from "./labels.js";
export { mistakesOf, Mistakes } from "./mistakes.js";
