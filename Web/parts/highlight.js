import { useEffect, useRef } from '/lib/html.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** A value that changes more often than this is plainly alive; marking each change would only make it restless. */
const rare = 4000;

/** A short, quiet highlight of what has changed: the figure is in the accent colour for a moment. */
export function useHighlight(signal) {
    const element = useRef(null);
    const before = useRef({ signal, at: 0 });
    useEffect(() => {
        const held = before.current;
        if (held.signal === signal) return;
        before.current = { signal, at: performance.now() };
        if (!calm.matches && !document.hidden && before.current.at - held.at > rare) {
            element.current?.animate([{ color: 'var(--accent)' }, { color: 'var(--ink)' }],
                { duration: 1200, easing: 'ease-out' });
        }
    }, [signal]);
    return element;
}
