// The API of who looks after the hub: people, devices, sites, audit.

import { address, ask } from '/lib/api.js';

const one = (kind, id, more = '') => `/api/${kind}/${encodeURIComponent(id)}${more}`;
const post = (path, body = {}) => ask('POST', path, { body });

export const people = {
    list: (options) => ask('GET', '/api/users', options),
    add: (body) => post('/api/users', body),
    remove: (name) => ask('DELETE', one('users', name)),
    password: (name, password) => post(one('users', name, '/password'), password ? { password } : {}),
    disable: (name) => post(one('users', name, '/disable')),
    enable: (name) => post(one('users', name, '/enable')),
    endFactor: (name) => post(one('users', name, '/second-factor/disable')),
    roles: (name, roles) => ask('PUT', one('users', name, '/roles'), { body: { roles } }),
};

export const devices = {
    list: (query, options) => ask('GET', address('/api/devices', query), options),
    one: (id, options) => ask('GET', one('devices', id), options),
    refusals: (id, options) => ask('GET', one('devices', id, '/refusals'), options),
    add: (body) => post('/api/devices', body),
    change: (id, body) => ask('PUT', one('devices', id), { body }),
    remove: (id) => ask('DELETE', one('devices', id)),
    rotate: (id) => post(one('devices', id, '/rotate')),
    disable: (id) => post(one('devices', id, '/disable')),
    enable: (id) => post(one('devices', id, '/enable')),
    approve: (id, body) => post(one('devices', id, '/approve'), body),
    reject: (id) => post(one('devices', id, '/reject')),
    picture: ({ id, picture }) => address(one('devices', id, '/picture'), { v: picture }),
    setPicture: (id, file) => ask('PUT', one('devices', id, '/picture'),
        { text: { type: file.type || 'application/octet-stream', content: file } }),
    dropPicture: (id) => ask('DELETE', one('devices', id, '/picture')),
    openJoin: (minutes) => post('/api/join', { minutes }),
    closeJoin: () => ask('DELETE', '/api/join'),
};

export const sites = {
    list: (options) => ask('GET', '/api/sites', options),
    add: (body) => post('/api/sites', body),
    change: (id, title) => ask('PUT', one('sites', id), { body: { title } }),
};

export const audit = {
    list: (query, options) => ask('GET', address('/api/audit', query), options),
    verify: () => ask('GET', '/api/audit/verify'),
    export: (query) => ask('GET', address('/api/audit/export', query), { accept: 'text/csv' }),
};
