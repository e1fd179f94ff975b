// A page that can be installed and that opens without a network: a worker keeps its files. It never keeps an answer
// of the API: what was free yesterday helps nobody.

import { useEffect } from '/lib/html.js';

let asked = false;

/** @param worker the declaration of a solution: {script, scope, manifest} */
export function OfflineShell({ worker: { script, scope, manifest } }) {
    useEffect(() => {
        if (asked || !('serviceWorker' in navigator)) return;
        asked = true;
        if (!document.querySelector('link[rel="manifest"]')) {
            const link = document.createElement('link');
            link.rel = 'manifest';
            link.href = manifest;
            document.head.append(link);
        }
        navigator.serviceWorker.addEventListener('message', (event) => {
            if (event.data?.type !== 'files') return;
            const files = performance.getEntriesByType('resource').map((each) => new URL(each.name).pathname);
            event.source.postMessage({ type: 'files', files });
        });
        // Not before the page itself has what it needs.
        const register = () => navigator.serviceWorker.register(script, { scope })
            .catch(() => { /* Private windows and plain http do without. */ });
        if (document.readyState === 'complete') setTimeout(register, 1000);
            else addEventListener('load', register, { once: true });
    }, []);
    return null;
}
