// How far the readings of a view are thinned, so that a chart asks for what it can show and no more.

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/**
 * Seconds of one step for a view of `span` seconds: the smallest, of `least` or more, that gives at most `most` points.
 */
export const stepFor = (span, { most = 800, least = 1 } = {}) =>
    steps.find((step) => step >= least && span / step <= most) ?? 86_400 * Math.ceil(span / most / 86_400);

/** A step as the API writes it: 30s, 10m, 1h, 1d. */
export function stepText(seconds) {
    const units = [['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]];
    const [unit, size] = units.find(([, length]) => seconds % length === 0);
    return `${seconds / size}${unit}`;
}
