import { html } from '/lib/html.js';
import { clock, exact } from '/lib/format.js';
import { Icon } from '/parts/icons.js';
import { t } from '/parts/words.js';

/** How far something has come: {word, says, at, mark: past | now | ahead | broken} in order. */
export function Steps({ steps, label }) {
    return html`
        <ol class="steps" aria-label=${label}>${steps.map((step) => html`
            <li key=${step.state} data-mark=${step.mark} aria-current=${step.mark === 'now' ? 'step' : null}
                title=${step.at === null ? step.says : t('step.at', { says: step.says, at: exact(step.at) })}>
                <span class="step-mark" aria-hidden="true">
                    ${step.mark === 'past' && html`<${Icon} name="check" />`}
                    ${step.mark === 'broken' && html`<${Icon} name="close" />`}
                </span>
                <span class="step-word">${step.word}</span>
                <span class="step-time">${step.at === null ? '' : clock(step.at)}</span>
                <span class="unseen">, ${t(`step.${step.mark}`)}</span>
            </li>`)}</ol>`;
}
