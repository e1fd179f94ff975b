import { html } from '/lib/html.js';
import { clock, exact } from '/lib/time.js';
import { Icon } from '/parts/icons.js';

const marks = { past: 'done', now: 'now', ahead: 'not yet', broken: 'stopped here' };

/** How far something has come: {word, says, at, mark: past | now | ahead | broken} in order. */
export function Steps({ steps, label }) {
    return html`
        <ol class="steps" aria-label=${label}>${steps.map((step) => html`
            <li key=${step.state} data-mark=${step.mark} aria-current=${step.mark === 'now' ? 'step' : null}
                title=${step.at === null ? step.says : `${step.says}, ${exact(step.at)}`}>
                <span class="step-mark" aria-hidden="true">
                    ${step.mark === 'past' && html`<${Icon} name="check" />`}
                    ${step.mark === 'broken' && html`<${Icon} name="close" />`}
                </span>
                <span class="step-word">${step.word}</span>
                <span class="step-time">${step.at === null ? '' : clock(step.at)}</span>
                <span class="unseen">, ${marks[step.mark]}</span>
            </li>`)}</ol>`;
}
