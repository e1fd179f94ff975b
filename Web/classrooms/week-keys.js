// Choosing with the keyboard in the grid of a week: arrows move, with Shift they extend, Enter books.

import { step } from '/classrooms/week-model.js';

const arrows = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** How many days and minutes a key moves; null: it moves nothing. */
function moved(key, { minute }, range) {
    if (key === 'Home') return [0, range.from - minute];
    if (key === 'End') return [0, range.to - step - minute];
    const found = arrows[key];
    if (!found) return null;
    return [document.documentElement.dir === 'rtl' ? -found[0] : found[0], found[1]];
}

/**
 * What a key means: {kind: 'book'}, {kind: 'clear'}, {kind: 'turn', weeks}, {kind: 'go', place, extends}, or null.
 * @param active the place where one is
 */
export function meaningOf({ key, shiftKey }, active, days, range) {
    if (key === 'Enter' || key === ' ') return { kind: 'book' };
    if (key === 'Escape') return { kind: 'clear' };
    if (key === 'PageUp' || key === 'PageDown') return { kind: 'turn', weeks: key === 'PageUp' ? -1 : 1 };
    const by = moved(key, active, range);
    if (!by) return null;
    // A time is of one day.
    const index = days.indexOf(active.day) + (shiftKey ? 0 : by[0]);
    if (index < 0 || index >= days.length) return { kind: 'turn', weeks: null, days: by[0] };
    const minute = Math.max(range.from, Math.min(range.to - step, active.minute + by[1]));
    return { kind: 'go', place: { day: days[index], minute }, extends: shiftKey };
}
