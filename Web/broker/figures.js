// The broker's figures as chart models: the last quarter of an hour, then on from the live topic.

import { useMemo, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLive, useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { ChartModel } from '/parts/chart-model.js';

/** One sample is 2 s; a hole of more than 10 s means that the server did not run or was not heard. */
const hole = 10;

const charts = {
    throughput: (sample) => [sample.messages_per_second, sample.stored_per_second],
    connections: (sample) => [sample.connections],
    queue: (sample) => [sample.queue_depth],
    latency: (sample) => [sample.commit_p99_ms, sample.commit_p50_ms ?? null],
};

/** The live figures in the form that the history has. */
const sampleOf = (broker, at) => ({
    ...broker,
    at,
    commit_p99_ms: broker.commit_latency_ms?.p99 ?? null,
    commit_p50_ms: broker.commit_latency_ms?.p50 ?? null,
});

const makeModels = () => Object.fromEntries(
    Object.entries(charts).map(([name, pick]) => [name, new ChartModel(pick({}).length, hole)]));

/** {broker, at, models, error, loading, reload}. */
export function useBroker() {
    const models = useMemo(makeModels, []);
    const [live, setLive] = useState(null);
    const load = useLoad('broker', async (options) => {
        const broker = await api.broker(options);
        const history = broker.history ?? [];
        for (const [name, pick] of Object.entries(charts)) {
            const times = history.map((sample) => instant(sample.at) / 1000);
            const columns = Array.from({ length: models[name].columns },
                (_, column) => history.map((sample) => pick(sample)[column] ?? null));
            models[name].replace(times, columns);
        }
        const last = history[history.length - 1];
        return { broker, at: last ? instant(last.at) : null };
    });
    useLive(['broker'], (message) => {
        const at = instant(message.at);
        setLive({ broker: message.data, at });
        const sample = sampleOf(message.data, at);
        for (const [name, pick] of Object.entries(charts)) {
            models[name].append(at / 1000, pick(sample).map((value) => value ?? null));
        }
    }, load.reload);
    const newest = live ?? load.data;
    return { ...load, broker: newest?.broker ?? null, at: newest?.at ?? null, models };
}
