import { t } from '/broker/words.js';

/** The figures come every 2 s; after this long without, they say nothing about now. */
const staleAfter = 10_000;
/** Milliseconds for 99 of 100 commits above which a person would call it slow. */
const slow = 250;

/** How the broker is, in one sentence: {tone, word, text}. */
export function health(broker, at, present) {
    if (at === null || present - at > staleAfter) {
        return { tone: 'unknown', word: t('unknown'), text: t('health.unknown') };
    }
    const full = broker.queue_limit > 0 ? broker.queue_depth / broker.queue_limit : 0;
    if (full > 0.8) {
        return { tone: 'bad', word: t('full'), text: t('health.full') };
    }
    if (full > 0.5 || broker.commit_latency_ms?.p99 > slow) {
        return { tone: 'warn', word: t('busy'), text: t('health.busy') };
    }
    return { tone: 'good', word: t('well'), text: t('health.well') };
}
