// How far apart the points of a chart lie, so that about a hundred of them fill it.

const steps = [60, 300, 900, 1800, 3600, 7200, 21_600, 86_400];

/** Seconds between points for so many seconds. */
export const stepFor = (span) => steps.find((step) => span / step <= 120) ?? steps[steps.length - 1];
export const stepText = (step) => (step % 3600 === 0 ? `${step / 3600}h` : `${step / 60}m`);
