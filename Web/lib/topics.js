/** True when `filter` (with `+` for one level and a last `#` for the rest) covers `topic`. */
export function covers(filter, topic) {
    const wanted = filter.split('/');
    const levels = topic.split('/');
    for (let i = 0; i < wanted.length; i += 1) {
        if (wanted[i] === '#') return true;
        if (i >= levels.length || (wanted[i] !== '+' && wanted[i] !== levels[i])) return false;
    }
    return wanted.length === levels.length;
}
