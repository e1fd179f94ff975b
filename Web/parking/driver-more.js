// What a driver finds below the plan: will there be a free spot, what will it cost, and who keeps one for me.

import { html } from '/lib/html.js';
import { ForecastCard } from '/parking/forecast.js';
import { PriceCard } from '/parking/price.js';
import { ReserveCard } from '/parking/reserve.js';

/** @param chosen the spot that somebody has tapped, if any */
export function Later({ lot, kinds, spots, chosen }) {
    const nameOf = (id) => spots.find((spot) => spot.spot_id === id)?.label ?? id;
    return html`
        <${ForecastCard} lot=${lot} />
        <${PriceCard} lot=${lot} kinds=${kinds} />
        <${ReserveCard} lot=${lot} kinds=${kinds} spot=${chosen} nameOf=${nameOf} />`;
}
