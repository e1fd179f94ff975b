// One lot for those who run it. What one may not do is not there; the server decides in the end.

import { html } from '/lib/html.js';
import { useSession } from '/lib/hooks.js';
import { NowTab } from '/parking/owner-now.js';
import { BookingsTab } from '/parking/owner-bookings.js';
import { MoneyTab } from '/parking/owner-money.js';
import { SensorsTab } from '/parking/owner-sensors.js';
import { SettingsTab } from '/parking/owner-settings.js';
import { SpotsTab } from '/parking/owner-spots.js';
import { TariffsTab } from '/parking/owner-tariffs.js';
import { sentence } from '/parking/model.js';
import { useLot } from '/parking/store.js';
import { t } from '/parking/owner-words.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { LinkChoice } from '/parts/tabs.js';

const tabs = [
    [null, t('now'), 'parking.view', NowTab], ['spots', t('spots.title'), 'parking.view', SpotsTab],
        ['sensors', t('sensors'), 'parking.manage', SensorsTab],
    ['money', t('money'), 'parking.money', MoneyTab], ['tariffs', t('tariffs'), 'parking.money', TariffsTab],
    ['reservations', t('bookings.title'), 'parking.reserve', BookingsTab],
        ['settings', t('lot'), 'parking.manage', SettingsTab],
];

export function Page({ params, query }) {
    const store = useLot(params.lot);
    const session = useSession();
    const { lot, counts, error, reload } = store;
    const above = html`<${Crumb} path="/parking/owner" word=${t('lots.all')} />`;
    if (!lot && error?.status === 404) return html`
        <${Head} title=${t('lot.missing')} above=${above} /><${Empty} icon="parking"
            title=${t('lot.missing.title')}><p>${t('lot.removed')}</p><//>`;
    if (!lot && error) return html`<${Head} title=${t('carPark')} above=${above} /><${Problem} error=${error}
        title=${t('lot.unread')} retry=${reload} />`;
    if (!lot) return html`<${Head} title=${t('carPark')} above=${above}><${LeadSkeleton} /><//><div class="skeletons">
        <${Skeleton} shape="bar" /><${Skeleton} shape="block" label=${t('loading')} /></div>`;
    const may = (right) => session.may(right, lot.site ?? null);
    const open = tabs.filter(([, , right]) => may(right));
    const [key, , , Tab] = open.find(([each]) => each === query.get('tab')) ?? open[0] ?? [];
    if (!Tab) return html`<${Head} title=${lot.name} above=${above} /><${Empty} icon="lock"
        title=${t('lot.forbidden')}><p>${t('lot.forbidden.says')}</p><//>`;
    return html`
        <${Head} title=${lot.name} above=${above}
            aside=${html`
                <p class="head-links">
                    <a class="button" href=${`/parking/${encodeURIComponent(lot.lot_id)}`}>${t('driverPage')}</a>
                    <a class="button" href=${`/parking/board/${encodeURIComponent(lot.lot_id)}`}>${t('board')}<span
                        class="unseen"> ${t('board.says')}</span></a>
                </p>`}>
            <p class="lead" role="status">${sentence(counts.all)}</p>
        <//>
        <div class="owner-tabs">
            <${LinkChoice} label=${t('lot.parts')} name="tab"
                clear=${['spot', 'level', 'sort', 'q', 'status', 'state']} value=${key}
                options=${open.map(([each, word]) => [each, word])} />
        </div>
        <${Tab} ...${store} query=${query} may=${may} />`;
}
