// The broker's figures as chart models: the last quarter of an hour, then on from the live topic.

import { useMemo } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useFollowed } from '/lib/follow.js';
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

/** The last quarter of an hour in samples of 2 s, and as many again. */
const most = 900;

const makeModels = () => Object.fromEntries(
    Object.entries(charts).map(([name, pick]) => [name, new ChartModel(pick({}).length, hole)]));

function fill(models, samples) {
    const times = samples.map(({ at }) => at / 1000);
    for (const [name, pick] of Object.entries(charts)) {
        const columns = Array.from({ length: models[name].columns },
            (_, column) => samples.map((sample) => pick(sample)[column] ?? null));
        models[name].replace(times, columns);
    }
}

/** The broker as one record of a store: its newest figures, of when they are, and the samples that came before. */
const ways = () => ({
    topics: ['broker'],
    load: api.broker,
    records: (broker) => {
        const samples = (broker.history ?? []).map((sample) => ({ ...sample, at: instant(sample.at) }));
        return [{ broker, at: samples.at(-1)?.at ?? null, samples }];
    },
    keyOf: () => 'broker',
    key: () => 'broker',
    apply: (held, { data, at: iso }) => {
        const at = instant(iso);
        const before = (held?.samples ?? []).filter((sample) => sample.at < at);
        return { broker: data, at, samples: [...before, sampleOf(data, at)].slice(-most) };
    },
    lay: (record, said) => {
        if (!said) return record;
        const later = said.samples.filter(({ at }) => at > (record.at ?? 0));
        return { ...said, samples: [...record.samples, ...later] };
    },
    isWhole: () => true,
    drawEvery: 0,
});

/** {broker, at, models, error, loading, reload}. */
export function useBroker() {
    const models = useMemo(makeModels, []);
    const store = useFollowed('broker', ways);
    const newest = store.records.get('broker') ?? null;
    useMemo(() => fill(models, newest?.samples ?? []), [newest]);
    return {
        broker: newest?.broker ?? null, at: newest?.at ?? null, models, error: store.error, loading: store.isLoading,
        reload: () => store.load(),
    };
}
