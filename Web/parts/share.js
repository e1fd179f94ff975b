// Links to what a device, a thing or a site shows: an address that opens without an account. Its key is shown once.

import { html, useState } from '/lib/html.js';
import { address, ask } from '/lib/api.js';
import { catalogue } from '/lib/catalogue.js';
import { number } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { usePages } from '/lib/pages.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Confirm } from '/parts/confirm.js';
import { Select, Text } from '/parts/input.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';
import strings from '/parts/share.en.js';

const t = messages(strings);

function Link({ link, revoke }) {
    return html`
        <li class="shared-link">
            <p><strong>${link.purpose}</strong></p>
            <p class="hint">
                ${t('uses', { count: link.uses, shown: number(link.uses, 0) })}
                ${link.last_used_at && html` · <${Age} at=${instant(link.last_used_at)} />`}
                ${' · '}${t('by', { name: link.made_by, age: html`<${Age} at=${instant(link.created_at)} />` })}
            </p>
            ${link.open
                ? html`<p class="actions"><button type="button" class="button small danger" onClick=${revoke}>
                    ${t('revoke')}<span class="unseen"> ${link.purpose}</span></button></p>`
                : html`<p class="hint">${t(link.revoked_at ? 'revoked' : 'expired')}</p>`}
        </li>`;
}

function New({ of, kinds, made }) {
    const [purpose, say] = useState('');
    const [kind, choose] = useState(kinds[0].id);
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const body = { kind, ...of, purpose: purpose.trim() };
        const link = await run(() => ask('POST', '/api/links', { body }));
        if (link === undefined) return;
        say('');
        made(link);
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            ${kinds.length > 1 && html`
                <${Select} label=${t('shows')} value=${kind} set=${choose}
                    options=${kinds.map(({ id, summary }) => [id, summary])} />`}
            <${Text} label=${t('purpose')} value=${purpose} set=${say} required maxlength="100"
                hint=${t('purpose.hint')} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button small" aria-busy=${busy}
                disabled=${purpose.trim() === ''}>${t('make')}</button></p>
        </form>`;
}

/**
 * The kinds of links of a device of a kind, of a thing that is called so, or of a whole site, that a solution declares
 * and one may handle there.
 */
const kindsFor = ({ solution, kind, noun, site }) => catalogue.links.filter((each) => each.solution === solution
    && each.device === kind && each.thing === noun && session.may(each.needs, site));

/** @param of what a new link is of; @param listed the query of those that are there. */
function Links({ of, listed, kinds, says, label, once }) {
    const { data, error, loading, reload, more } = usePages(`links ${Object.values(listed).join(' ')}`, 'links',
        (query, options) => ask('GET', address('/api/links', { ...listed, ...query }), options));
    const [made, show] = useState(null);
    const [asking, put] = useState(null);
    // A page may show the links of several devices.
    const name = `share-${of.device ?? of.thing ?? of.site}`;
    const revoke = async () => {
        await ask('DELETE', `/api/links/${encodeURIComponent(asking.id)}`);
        show(null);
        reload();
    };
    return html`
        <section class="card stack" aria-labelledby=${name}>
            <h2 id=${name}>${t('share')}</h2>
            <p class="hint">${says}</p>
            ${error && !data && html`<${Problem} error=${error} small level="h3" retry=${reload} />`}
            ${made && html`<${Secret} label=${label} value=${`${location.origin}${made.path}`} says=${once} />`}
            ${data && data.rows.length > 0 && html`
                <ol class="shared-links" role="list">${data.rows.map((link) => html`
                    <${Link} key=${link.id} link=${link} revoke=${() => put(link)} />`)}</ol>`}
            <${More} more=${more} loading=${loading} word=${t('more')} small />
            ${kinds.length > 0 && html`<${New} of=${of} kinds=${kinds} made=${(link) => { show(link); reload(); }} />`}
            ${asking && html`
                <${Confirm} title=${t('revoke.title', { purpose: asking.purpose })} action=${t('revoke')}
                    close=${() => put(null)} act=${revoke}><p>${t('revoke.says')}</p><//>`}
        </section>`;
}

/**
 * A card with the links to a device (`device`, `kind`) or to a thing (`thing`, and the `noun` by which people call such
 * things), or without them to a whole site: made, listed and revoked. Nothing for somebody who may handle none of them.
 * @param solution whose kinds of links are offered; @param site where the device or the thing is
 * @param says what a link shows, in a sentence; @param label of a new link's address; @param once what is said beside
 * it, when it is shown
 */
export function Share({ solution, device = null, kind = null, thing = null, noun = null, site, ...words }) {
    const kinds = kindsFor({ solution, kind, noun, site });
    if (kinds.length === 0) return null;
    const seen = kinds.filter(({ shows }) => session.may(shows, site));
    const of = device !== null ? { device } : thing !== null ? { thing } : { site };
    // The name of a thing says nothing without what it is.
    const listed = thing === null ? of : { ...of, kind: kinds.map(({ id }) => id).join(',') };
    return html`<${Links} of=${of} listed=${listed} kinds=${seen} ...${words} />`;
}
