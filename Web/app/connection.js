// The state of the live connection: a dot in the rail, and a bar when it is lost.

import { html, useEffect, useRef } from '/lib/html.js';
import { clock, span } from '/lib/format.js';
import { useConnection, useTick } from '/lib/hooks.js';
import { t } from '/lib/i18n.js';
import { toast } from '/parts/toast.js';

/** A blink of the connection is not worth a bar. */
const tolerated = 1500;

export function ConnectionDot() {
    const { status } = useConnection();
    const words = { open: t('live.open'), connecting: t('live.connecting'), lost: t('live.lost') };
    return html`
        <span class="connection" data-status=${status}>
            <span class="connection-dot" aria-hidden="true"></span>
            ${words[status]}
        </span>`;
}

export function ConnectionBar() {
    const live = useConnection();
    const { status, since, nextAttempt } = live;
    useTick(status === 'lost');
    const shown = useRef(false);
    const now = Date.now();
    const visible = status === 'lost' && now - since > tolerated;
    if (visible) shown.current = true;
    useEffect(() => {
        if (status === 'open' && shown.current) {
            shown.current = false;
            toast({ tone: 'good', text: t('live.again', { span: span(Math.max(1, live.lasted / 1000)) }) });
        }
    }, [status]);
    // What a page says of the present is hatched meanwhile, as values are (styles/parts.css).
    useEffect(() => {
        document.documentElement.toggleAttribute('data-lost', visible);
        return () => document.documentElement.removeAttribute('data-lost');
    }, [visible]);
    const wait = nextAttempt === null ? 0 : Math.max(0, Math.ceil((nextAttempt - now) / 1000));
    // The sentence that is spoken does not change every second; what counts down is for the eye only.
    return html`
        <div class="lost" role="status" data-visible=${visible}>
            ${visible && html`
                <p>
                    ${t('lost.says', {
                        lost: html`<strong>${t('lost')}</strong>`, since: clock(since),
                        span: html`<span aria-hidden="true"> (${span((now - since) / 1000)})</span>`,
                    })}
                </p>
                <p class="lost-next">
                    <span aria-hidden="true">${wait > 0 ? t('lost.wait', { seconds: wait }) : t('lost.trying')}</span>
                    <button type="button" class="button small" onClick=${() => live.retry()}>${t('lost.now')}</button>
                </p>`}
        </div>`;
}
