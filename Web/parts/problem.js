import { html } from '/lib/html.js';
import { Icon } from '/parts/icons.js';

const advice = {
    unreachable: 'See that Martlet runs, then try again. This page comes back by itself when it does.',
    timeout: 'The machine may be very busy. Try again in a moment.',
    overloaded: 'The server is taking in more than it can store. Try again in a moment.',
};

/**
 * Something failed: what happened, what to do, and the id under which the server's log has it. `outOfReach` says it to
 * somebody who cannot look after the server.
 */
export function Problem({ error, title = null, retry = null, level = 'h2', small = false, outOfReach = null }) {
    const plain = error.code === 'unreachable' ? outOfReach : null;
    const heading = title ?? error.title ?? 'Something went wrong';
    const ours = 'Try again. If it stays, the id below finds the cause in the log.';
    const advise = plain ?? advice[error.code] ?? (error.status >= 500 ? ours : null);
    return html`
        <section class="problem" role="alert" data-small=${small}>
            <span class="problem-icon"><${Icon} name="warning" /></span>
            <div>
                <${level}>${heading}<//>
                ${error.detail && !plain && html`<p>${error.detail}</p>`}
                ${advise && html`<p>${advise}</p>`}
                <p class="problem-id">
                    ${error.code && html`<span>Code <code>${error.code}</code></span>`}
                    ${error.id && html`<span>Id <code>${error.id}</code></span>`}
                </p>
                ${retry && html`<p><button type="button" class="button" onClick=${retry}>Try again</button></p>`}
            </div>
        </section>`;
}
