import { html } from '/lib/html.js';
import { members, resolve, typeWords } from '/docs/model.js';
import { t } from '/docs/words.js';

const deepest = 4;

/** A schema as a list of its members; what is in a member opens below it. */
export function Schema({ schema, document, depth = 0 }) {
    const inner = members(schema, document);
    if (inner.length === 0) return depth === 0 ? html`<p class="quiet-line">${typeWords(schema, document)}</p>` : null;
    return html`
        <ul class="members" role="list">${inner.map((member) => {
            const more = depth < deepest && members(member.schema, document).length > 0;
            const head = html`
                <code>${member.name}</code> <span class="member-type">${typeWords(member.schema, document)}</span>
                ${!member.required && html` <span class="member-optional">${t('schema.optional')}</span>`}`;
            const says = resolve(member.schema, document).description;
            return html`
                <li key=${member.name}>
                    ${more
                        ? html`
                            <details>
                                <summary>${head}</summary>
                                ${says && html`<p class="hint">${says}</p>`}
                                <${Schema} schema=${member.schema} document=${document} depth=${depth + 1} />
                            </details>`
                        : html`<p>${head}</p>${says && html`<p class="hint">${says}</p>`}`}
                </li>`;
        })}</ul>`;
}
