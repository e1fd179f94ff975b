// What a page needs that is looked at all day without anybody at its keyboard, such as a board at an entrance.

import { useEffect } from '/lib/html.js';

const day = 86_400_000;

/** Keeps the screen on, as far as the browser can. */
export function useAwake() {
    useEffect(() => {
        let lock = null;
        let ended = false;
        const hold = () => navigator.wakeLock?.request('screen').then((held) =>
            { if (ended) held.release(); else lock = held; }, () => {});
        const seen = () => { if (!document.hidden) hold(); };
        hold();
        document.addEventListener('visibilitychange', seen);
        return () => { ended = true; document.removeEventListener('visibilitychange', seen); lock?.release(); };
    }, []);
}

/**
 * Begins the page anew once a day, and when the server was out of reach for long and is there again: with it may be
 * newer pages.
 */
export function useRevival(isAway, since) {
    useEffect(() => {
        const begun = Date.now();
        const timer = setInterval(() => {
            const isLost = isAway && Date.now() - since > 60_000;
            if (isLost || Date.now() - begun > day) {
                fetch('/health', { cache: 'no-store' }).then((answer) => { if (answer.ok) location.reload(); },
                    () => {});
            }
        }, 15_000);
        return () => clearInterval(timer);
    }, [isAway, since]);
}
