// The words of the declaration in solution.js; those of the pages are in strings.en.js.

export default {
    tanks: 'Water tanks',
    filled: 'filled',
    low: 'low',
    overflowing: 'overflowing',
    unknown: 'unknown',
};
