// An OpenAPI 3.1 description as the page needs it. Pure functions.

import { t } from '/docs/words.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** What a `$ref` points at; the schema itself if it is none. */
export function resolve(schema, document) {
    let found = schema;
    for (let depth = 0; found?.$ref && depth < 8; depth += 1) {
        found = found.$ref.replace(/^#\//, '').split('/').reduce((at, name) =>
            at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
            document);
    }
    return found ?? {};
}

/**
 * The right that an operation needs; `open`, `own`, `device` or `link` when it is not one that is granted; null: not
 * said.
 */
export function neededRight(operation) {
    if (operation['x-permission']) return operation['x-permission'];
    const ways = (operation.security ?? []).flatMap((entry) => Object.keys(entry));
    if (operation.security?.length === 0) return 'open';
    if (ways.includes('deviceKey')) return 'device';
    if (ways.includes('linkKey')) return 'link';
    return ways.length > 0 ? 'own' : null;
}

/** The first word of a path below /api: what the operation is about. */
const groupOf = (path) => path.replace(/^\/api\//, '/').split('/').find((part) => part && !part.startsWith('{'))
    ?? 'hub';

/** Every operation: {id, path, method, summary, group, right, operation}. */
export function operations(document) {
    const found = [];
    for (const [path, item] of Object.entries(document.paths ?? {})) {
        for (const method of methods.filter((name) => item[name])) {
            const operation = item[method];
            found.push({ id: `${method} ${path}`, path, method, operation, summary: operation.summary ?? '',
                group: operation.tags?.[0] ?? groupOf(path), right: neededRight(operation),
                parameters: [...(item.parameters ?? []),
                    ...(operation.parameters ?? [])].map((each) => resolve(each, document)) });
        }
    }
    return found;
}

/** Operations in which every word occurs, by group. */
export function grouped(all, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = new Map();
    for (const each of all) {
        const hay = `${each.method} ${each.path} ${each.summary} ${each.right ?? ''}`.toLowerCase();
        if (!words.every((word) => hay.includes(word))) continue;
        if (!groups.has(each.group)) groups.set(each.group, []);
        groups.get(each.group).push(each);
    }
    return [...groups];
}

/** The type of a schema in a few words: "text", "list of numbers", "one of a, b". */
export function typeWords(schema, document) {
    const found = resolve(schema, document);
    const choices = found.enum ?? (found.const !== undefined ? [found.const] : null);
    if (choices) return choices.length > 6 ? t('schema.words', { count: choices.length })
        : choices.map((each) => JSON.stringify(each)).join(t('or'));
    const kinds = found.oneOf ?? found.anyOf;
    if (kinds) return kinds.map((each) => typeWords(each, document)).join(t('or'));
    const type = [found.type ?? (found.properties ? 'object' : 'anything')].flat();
    const bounds = [found.minimum !== undefined && t('schema.minimum', { minimum: String(found.minimum) }),
        found.maximum !== undefined && t('schema.maximum', { maximum: String(found.maximum) }),
        found.maxLength !== undefined && t('schema.length', { count: found.maxLength })].filter(Boolean).join(' ');
    const words = type.map((each) => {
        if (each === 'array') return t('schema.list', { items: typeWords(found.items ?? {}, document) });
        return each === 'string' ? found.format ?? 'string' : each;
    }).join(t('or'));
    return bounds ? `${words}, ${bounds}` : words;
}

/** The members of an object's schema, or of the objects in a list: {name, schema, required}. */
export function members(schema, document) {
    const found = resolve(schema, document);
    if ([found.type].flat().includes('array')) return members(found.items ?? {}, document);
    const parts = [found, ...(found.allOf ?? []).map((each) => resolve(each, document))];
    const required = parts.flatMap((part) => part.required ?? []);
    return parts.flatMap((part) => Object.entries(part.properties ?? {}))
        .map(([name, inner]) => ({ name, schema: inner, required: required.includes(name) }));
}

/** A small value that fits a schema, for an example. */
export function example(schema, document, depth = 0) {
    const found = resolve(schema, document);
    if (found.example !== undefined) return found.example;
    if (found.examples?.length > 0) return found.examples[0];
    if (found.const !== undefined) return found.const;
    if (found.enum) return found.enum[0];
    if (found.oneOf ?? found.anyOf) return example((found.oneOf ?? found.anyOf)[0], document, depth);
    const type = [found.type].flat().find((each) => each !== 'null');
    if (type === 'array') return depth > 3 ? [] : [example(found.items ?? {}, document, depth + 1)];
    if (type === 'integer' || type === 'number') return found.minimum ?? 1;
    if (type === 'boolean') return true;
    if (type === 'object' || found.properties) {
        if (depth > 3) return {};
        const inner = members(found, document);
        const shown = inner.some((each) => each.required) ? inner.filter((each) => each.required) : inner;
        return Object.fromEntries(shown.map((each) => [each.name, example(each.schema, document, depth + 1)]));
    }
    return found.format === 'date-time' ? '2026-01-01T00:00:00Z' : 'text';
}

/** A curl line for an operation. */
export function curl({ path, method, operation, right }, document, origin) {
    const parts = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${origin}${path.replace(/\{(\w+)\}/g,
        '<$1>')}`
        .replace(/(\S*<\S*)/, "'$1'")];
    if (right === 'device') parts.push('-H "X-Device-Id: $DEVICE"', '-H "X-API-Key: $KEY"');
    else if (right === 'link') parts.push('-H "Authorization: Bearer $KEY"');
    else if (right !== 'open') parts.push('-H "Authorization: Bearer $MARTLET_TOKEN"');
    const content = resolve(operation.requestBody, document).content?.['application/json'];
    if (content) {
        const body = content.schema ? example(content.schema, document) : {};
        parts.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
    }
    return parts.join(' \\\n  ');
}
