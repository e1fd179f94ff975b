// Whether the page is being put on paper: what is drawn only in part on a screen is then drawn whole.

import { useEffect, useState } from '/lib/html.js';

const paper = matchMedia('print');
const watchers = new Set();
let isPrinting = paper.matches;

function become(next) {
    if (isPrinting === next) return;
    isPrinting = next;
    for (const watcher of [...watchers]) watcher();
}

// The browser draws the sheet right after `beforeprint`; by then what this changes has been drawn, within the same
// task.
addEventListener('beforeprint', () => become(true));
addEventListener('afterprint', () => become(false));
paper.addEventListener('change', () => become(paper.matches));

/** Draws the component anew when printing begins and ends. */
export function usePrinting() {
    const [, set] = useState(0);
    useEffect(() => {
        const each = () => set((value) => value + 1);
        watchers.add(each);
        return () => watchers.delete(each);
    }, []);
    return isPrinting;
}
