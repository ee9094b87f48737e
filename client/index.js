// What front ends of Gerbang share; it needs nothing. See README.md.

export { following } from "./following.js";
export { inForce, inForceBy, today } from "./in_force.js";
export { label, labels } from "./labels.js";
export { mistakesOf, Mistakes } from "./mistakes.js";
