import { html, useEffect, useState } from '/lib/html.js';
import { Icon } from '/parts/icons.js';

/** Seconds until another attempt makes sense, counting down from a refusal's `Retry-After`; 0 when it does. */
export function useWait(error) {
    const [left, set] = useState(0);
    useEffect(() => {
        if (!error?.retryAfter) { set(0); return undefined; }
        const end = Date.now() + error.retryAfter * 1000;
        const count = () => set(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
        count();
        const timer = setInterval(count, 250);
        return () => clearInterval(timer);
    }, [error]);
    return left;
}

/** Why one did not get in, in a line or two. */
export function Refusal({ title, children }) {
    return html`
        <div class="refusal" role="alert">
            <${Icon} name="warning" />
            <div><strong>${title}</strong>${children && html`<p>${children}</p>`}</div>
        </div>`;
}
