// Keeping a spot for a time. Who has not signed in gets a code, once.

import { html, useEffect, useState } from '/lib/html.js';
import { dayAndMinuteIn, minuteIn } from '/lib/format.js';
import { useAction, useLoad, useSession } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { kindWord } from '/parking/model.js';
import { Times } from '/parking/price.js';
import { quarter } from '/lib/zone.js';
import { t } from '/parking/words.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Name, Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';
import { toast } from '/parts/toast.js';

export const bookingWords = {
    active: [t('booking.active'), 'busy'], used: [t('booking.used'), 'good'], released: [t('booking.released'), 'warn'],
        cancelled: [t('booking.cancelled'), 'unknown'],
};

function Times2({ booking, zone }) {
    return html`${dayAndMinuteIn(instant(booking.from), zone)} – ${minuteIn(instant(booking.to), zone)}`;
}

/** A reservation that was made without an account, found by its name and code. */
function Find({ zone, nameOf }) {
    const [id, setID] = useState('');
    const [code, setCode] = useState('');
    const [found, set] = useState(null);
    const { busy, error, run } = useAction();
    const look = async (event) => {
        event.preventDefault();
        set(await run(() => parking.look(id.trim(), code.trim())) ?? null);
    };
    const cancel = async () => { const ended = await run(() => parking.cancel(id.trim(), code.trim()));
        if (ended) { set(ended); toast({ text: t('booking.ended') }); } };
    return html`
        <details class="find">
            <summary>${t('booking.find')}</summary>
            <form class="stack" onSubmit=${look} novalidate>
                <${Name} label=${t('reservation')} value=${id} set=${setID} />
                <${Name} label=${t('code')} value=${code} set=${setCode} />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                ${found && html`
                    <div class="found" role="status">
                        <${Badge} tone=${bookingWords[found.state]?.[1] ?? 'unknown'}
                            word=${bookingWords[found.state]?.[0] ?? found.state} />
                        <p><strong>${nameOf(found.spot_id)}</strong>, <${Times2} booking=${found} zone=${zone} /></p>
                    </div>`}
                <p class="actions">
                    <button type="submit" class="button" aria-busy=${busy}>${t('booking.look')}</button>
                    ${found?.state === 'active' && html`<button type="button" class="button danger"
                        onClick=${cancel}>${t('booking.giveUp')}</button>`}
                </p>
            </form>
        </details>`;
}

/** The reservations of who is signed in, at this lot. */
function Mine({ lot, zone, stamp, nameOf }) {
    const { data, reload } = useLoad(`mine ${lot.lot_id} ${stamp}`, (options) => parking.mine(options));
    const [ending, end] = useState(null);
    const mine = (data?.reservations ?? []).filter((each) => each.lot_id === lot.lot_id && each.state === 'active');
    if (mine.length === 0) return null;
    return html`
        <h3>${t('booking.mine')}</h3>
        <ul class="bookings" role="list">${mine.map((each) => html`
            <li key=${each.reservation_id}>
                <span><strong>${nameOf(each.spot_id)}</strong> <${Times2} booking=${each} zone=${zone} /></span>
                <button type="button" class="button small" onClick=${() => end(each)}>${t('booking.end')}<span
                    class="unseen"> ${nameOf(each.spot_id)}</span></button>
            </li>`)}</ul>
        ${ending && html`
            <${Confirm} title=${t('booking.end.title')} action=${t('booking.giveUp')} close=${() => end(null)}
                act=${async () => { await parking.giveUp(ending.reservation_id); reload();
                    toast({ text: t('booking.ended') }); }}>
                <p>${nameOf(ending.spot_id)}, <${Times2} booking=${ending} zone=${zone} /></p>
            <//>`}`;
}

/** @param nameOf(spot_id) what stands on the ground there */
export function ReserveCard({ lot, kinds, spot, nameOf }) {
    const zone = lot.time_zone ?? 'UTC';
    const session = useSession();
    const [from, setFrom] = useState(() => quarter(now()));
    const [to, setTo] = useState(() => quarter(now()) + 2 * 3_600_000);
    const [kind, setKind] = useState(() => (kinds.includes('standard') ? 'standard' : kinds[0] ?? 'standard'));
    const [name, setName] = useState('');
    const [any, setAny] = useState(false);
    const [made, set] = useState(null);
    const { busy, error, run, clear } = useAction();
    useEffect(() => { setAny(false); clear(); }, [spot?.spot_id]);
    const wrong = to <= from ? t('booking.order') : null;
    const one = spot && !any;
    const submit = async (event) => {
        event.preventDefault();
        if (wrong) return;
        const body = { from: new Date(from).toISOString(), to: new Date(to).toISOString(),
            ...(one ? { spot_id: spot.spot_id } : { kind }), ...(name.trim() ? { name: name.trim() } : {}) };
        const result = await run(() => parking.reserve(lot.lot_id, body));
        if (result) set(result);
    };
    return html`
        <section class="card" id="reserve" aria-labelledby="reserve-name">
            <h2 id="reserve-name">${t('booking.reserve')}</h2>
            ${made ? html`
                <div class="stack" role="status">
                    <p><${Badge} tone="busy" word=${t('reserved')} /></p>
                    <p>${t('booking.says', {
                        spot: html`<strong>${t('booking.spot', { spot_id: nameOf(made.spot_id) })}</strong>`,
                            times: html`<${Times2} booking=${made} zone=${zone} />`,
                        until: minuteIn(instant(made.release_at) ?? from + 900_000, zone),
                    })}</p>
                    ${made.code && html`
                        <${Secret} label=${t('booking.code')} value=${made.code} says=${t('booking.code.says')} />
                        <p class="hint">${t('booking.id', { id: html`<code>${made.reservation_id}</code>` })}</p>`}
                    <p class="actions"><button type="button" class="button"
                        onClick=${() => set(null)}>${t('booking.another')}</button></p>
                </div>` : html`
                <form class="stack" onSubmit=${submit} novalidate>
                    ${one ? html`
                        <p>${t('booking.spotOfKind', { spot: html`<strong>${spot.label ?? spot.spot_id}</strong>`,
                            kind: kindWord(spot.kind).toLowerCase() })}
                            ${' '}<button type="button" class="link"
                                onClick=${() => setAny(true)}>${t('booking.any')}</button></p>`
                        : html`<${Select} label=${t('booking.kind')} value=${kind} set=${setKind}
                            options=${kinds.map((each) => [each, kindWord(each)])} />`}
                    <${Times} zone=${zone} from=${from} to=${to} setFrom=${setFrom} setTo=${setTo}
                        words=${[t('from'), t('until')]} error=${wrong} />
                    <${Text} label=${t('booking.name')} value=${name} set=${setName} maxlength="100"
                        autocomplete="off" />
                    ${error && html`<${Problem} error=${error} small level="h3"
                        title=${error.status === 409 ? t('booking.taken') : null} />`}
                    <p class="actions"><button type="submit" class="button primary"
                        aria-busy=${busy}>${t('booking.reserve')}</button></p>
                </form>`}
            ${session.state?.user ? html`<${Mine} lot=${lot} zone=${zone} stamp=${made?.reservation_id ?? ''}
                nameOf=${nameOf} />` : html`<${Find} zone=${zone} nameOf=${nameOf} />`}
        </section>`;
}
