// What a driver finds below the plan: will there be a free spot, what will it cost, and who keeps one for me.

import { html } from '/lib/html.js';
import { parking } from '/parking/api.js';
import { PriceCard } from '/parking/price.js';
import { ReserveCard } from '/parking/reserve.js';
import { t } from '/parking/words.js';
import { Forecast } from '/parts/forecast.js';

/** @param chosen the spot that somebody has tapped, if any */
export function Later({ lot, kinds, spots, chosen }) {
    const nameOf = (id) => spots.find((spot) => spot.spot_id === id)?.label ?? id;
    return html`
        <${Forecast} of=${lot.lot_id} zone=${lot.time_zone} label=${t('forecast.title')}
            read=${(options) => parking.forecast(lot.lot_id, options)}
            missed=${(miss) => t('forecast.miss', { miss })} />
        <${PriceCard} lot=${lot} kinds=${kinds} />
        <${ReserveCard} lot=${lot} kinds=${kinds} spot=${chosen} nameOf=${nameOf} />`;
}
