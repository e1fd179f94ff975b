// Which car park: the nearest if the driver says where they are, else by name.

import { html, useState } from '/lib/html.js';
import { byText, metres } from '/lib/format.js';
import { useEvery, useLoad } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { Loading, outOfReach } from '/parking/loading.js';
import own from '/parking/lots.en.js';
import { countsOf, distance, fullness, sentence } from '/parking/model.js';
import solution from '/parking/solution.js';
import { useLots } from '/parking/store.js';
import strings from '/parking/strings.en.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Glyph, Icon } from '/parts/icons.js';
import { OfflineShell } from '/parts/offline.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';

const t = messages({ ...strings, ...own });
const byName = t('order.name');
const faults = {
    insecure: t('place.insecure', { byName }),
    hub: t('place.policy', { byName }),
    browser: t('place.denied', { byName }),
    unknown: t('place.unknown', { byName }),
    late: t('place.timeout', { byName }),
};

/** Why the browser did not say where it is; `code` is that of a GeolocationPositionError. */
function faultOf(code) {
    // Only browsers that obey a Permissions-Policy header tell what it says.
    if (code === 1) return document.featurePolicy?.allowsFeature('geolocation') === false ? faults.hub : faults.browser;
    return code === 3 ? faults.late : faults.unknown;
}

/** Where the reader is, asked for only when they tap: {place, state, find}. */
function usePlace() {
    const [state, set] = useState({ place: null, busy: false, fault: null });
    const find = () => {
        if (!isSecureContext
            || !navigator.geolocation) { set({ place: null, busy: false,
            fault: isSecureContext ? faults.unknown : faults.insecure }); return; }
        set({ place: null, busy: true, fault: null });
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => set({ place: coords, busy: false, fault: null }),
            ({ code }) => set({ place: null, busy: false, fault: faultOf(code) }),
            { maximumAge: 60_000, timeout: 10_000 });
    };
    return { ...state, find };
}

function LotLine({ lot, far }) {
    const counts = countsOf(lot);
    const tone = fullness(counts);
    const known = tone !== 'unknown' || counts.free > 0;
    return html`
        <li>
            <a class="lot-line" href=${`/parking/${encodeURIComponent(lot.lot_id)}`}>
                <span class="lot-free" data-tone=${tone}>
                    <strong>${known ? counts.free : '?'}</strong><span>
                        <${Glyph} tone=${tone} />${t(known ? 'line.free' : 'line.unknown')}</span>
                </span>
                <span class="lot-name"><strong>${lot.name}</strong><span>${lot.address}</span><span
                    class="unseen">${sentence(counts)}</span></span>
                ${far !== null && html`<span class="lot-far">${metres(far)}</span>`}
                <${Icon} name="chevron" />
            </a>
        </li>`;
}

function Lots({ lots, reload, query }) {
    const { place, busy, fault, find } = usePlace();
    // What is not live is asked for from time to time.
    useEvery(30, reload);
    const far = (lot) => (place && Number.isFinite(lot.latitude) ? distance(place, lot) : null);
    const words = (query.get('q') ?? '').toLowerCase();
    const shown = lots.filter((lot) => `${lot.name} ${lot.address}`.toLowerCase().includes(words)).map((lot) =>
        ({ lot, far: far(lot) }))
        .sort((a, b) => (a.far ?? Infinity) - (b.far ?? Infinity) || byText(a.lot.name, b.lot.name));
    if (lots.length === 0) return html`
        <${Head} title=${t('parking')} />
        <${Empty} icon="parking" title=${t('none')}>
            <p>${t('none.says')}</p><p class="actions"><a class="button primary"
                href="/parking/owner">${t('run')}</a></p>
        <//>`;
    return html`
        <${Head} title=${t('parking')}><p
            class="lead">${t(place ? 'order.nearest' : 'order.count', { count: shown.length })}</p><//>
        <div class="toolbar">
            <button type="button" class="button" aria-busy=${busy} aria-pressed=${place !== null} onClick=${find}>
                <${Icon} name="pin" />${t('nearest')}
            </button>
            <${Search} label=${t('search.lot')} placeholder=${t('search')} value=${query.get('q') ?? ''} />
        </div>
        <p class="hint" role="status">${fault ?? ''}</p>
        ${shown.length === 0 ? html`<${Empty} icon="search" small
            title=${t('search.none')}><p>${t('search.hint')}</p><//>`
            : html`<ul class="card list lots" role="list">${shown.slice(0, 200).map(({ lot, far: metres }) => html`
                <${LotLine} key=${lot.lot_id} lot=${lot} far=${metres} />`)}</ul>`}`;
}

/** The only lot there is needs no list before it. */
function OnlyLot({ lot, query }) {
    const { data, error, reload } = useLoad('driver', () => import('/parking/driver.js'));
    if (data) return html`<${data.LotPage} id=${lot.lot_id} query=${query} alone />`;
    return error ? html`<${Problem} level="h1" error=${{ title: t('lot.unread') }} outOfReach=${outOfReach}
        retry=${reload} />`
        : html`<${Loading} title=${t('parking')} />`;
}

export function Page({ query }) {
    const { lots, error, reload } = useLots();
    if (!lots && error) return html`
        <${Head} title=${t('parking')} />
        <${Problem} error=${error} title=${t('lots.unread')} outOfReach=${outOfReach} retry=${reload} />`;
    if (!lots) return html`<${Loading} title=${t('parking')} />`;
    if (lots.length === 1) return html`<${OnlyLot} lot=${lots[0]} query=${query} />`;
    return html`<${Lots} lots=${lots} reload=${reload} query=${query} /><${OfflineShell} worker=${solution.worker} />`;
}
