// The plans of the sites: where their tanks are.

import { html } from '/lib/html.js';
import { address, ask } from '/lib/api.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { Problem } from '/parts/problem.js';
import { toast } from '/parts/toast.js';
import { t } from '/tanks/words.js';

const types = 'image/jpeg,image/png,image/webp';
const list = '/api/tank-plans';

const pathOf = (site) => `${list}/${encodeURIComponent(site)}`;

function Plan({ site, plan, changed }) {
    const { busy, error, run } = useAction();
    const send = async (event) => {
        const input = event.currentTarget;
        const [file] = input.files;
        if (!file) return;
        const text = { type: file.type || 'application/octet-stream', content: file };
        const done = await run(() => ask('PUT', pathOf(site), { text }));
        input.value = '';
        if (done === undefined) return;
        toast({ text: t('planKept', { site }) });
        changed();
    };
    const remove = () => run(async () => { await ask('DELETE', pathOf(site)); changed(); });
    const may = session.may('tanks.manage', site);
    if (!plan && !may) return null;
    return html`
        <figure class="tank-plan">
            ${plan && html`<img src=${address(pathOf(site), { v: plan })} alt=${t('planOf', { site })} />`}
            <figcaption>${t(plan ? 'planOf' : 'noPlan', { site })}</figcaption>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            ${may && html`
                <p class="actions">
                    <label class="button small" aria-busy=${busy}>
                        ${plan ? t('changePlan') : t('addPlan')}
                        <input class="unseen" type="file" accept=${types} onChange=${send} />
                    </label>
                    ${plan && html`
                        <button type="button" class="button small danger" aria-busy=${busy} onClick=${remove}>
                            ${t('removePlan')}</button>`}
                </p>`}
        </figure>`;
}

/** The plans that there are, and for those who may a place for those that are missing. */
export function Plans() {
    const { data, error, reload } = useLoad(list, (options) => ask('GET', list, options));
    if (!data && error) return html`
        <${Problem} error=${error} title=${t('plansNotRead')} retry=${reload} small />`;
    return (data?.sites ?? []).map(({ site, plan }) => html`
        <${Plan} key=${site} site=${site} plan=${plan} changed=${reload} />`);
}
