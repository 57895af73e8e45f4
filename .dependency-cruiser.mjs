/**
 * The direction of imports: each room may lean on the rooms before it in this list, never on a later one.
 */
const ROOMS = [
  'host',
  'numeric',
  'program',
  'distributions',
  'model',
  'estimate',
  'diagnose',
  'regression',
  'hypothesis',
  'nets',
  'landscape',
  'figure',
  'jupyter',
];

/** Rooms beside the list, and all they may lean on. */
const BESIDE = { data: ['host', 'numeric'], workers: ['host', 'numeric'] };

/** Where a room beside the list may be used from: anywhere after this room. */
const BESIDE_USED_AFTER = 'distributions';

/** What may import Node: the kernel's processes, the worker pool, reading data files, and the Node loader. */
const MAY_IMPORT_NODE =
  '^kernel/src/(jupyter/|workers/|data/(file|download|shipped)[^/]*\\.ts$|nets/checkpoint/file\\.ts$|register\\.ts$)';

/** @param {readonly string[]} rooms */
const folders = (rooms) => `^kernel/src/(${rooms.join('|')})/`;

const beside = Object.keys(BESIDE);
const usedAfter = ROOMS.indexOf(BESIDE_USED_AFTER);

const upward = ROOMS.map((room, index) => ({
  name: `${room}-leans-on-nothing-later`,
  severity: 'error',
  comment: `kernel/src/${room} comes before the imported room: move what both need down, or this up.`,
  from: { path: folders([room]) },
  to: { path: folders([...ROOMS.slice(index + 1), ...(index > usedAfter ? [] : beside), 'index\\.ts']) },
})).filter(({ to }) => to.path !== folders([]));

const besideRules = Object.entries(BESIDE).map(([room, allowed]) => ({
  name: `${room}-leans-on-${allowed.join('-and-')}-alone`,
  severity: 'error',
  from: { path: folders([room]) },
  to: { path: '^kernel/src/', pathNot: folders([room, ...allowed]) },
}));

export default {
  forbidden: [
    ...upward,
    ...besideRules,
    {
      name: 'every-room-has-its-place',
      severity: 'error',
      comment: 'Enter the room in the list above and in the table of ARCHITECTURE.md.',
      from: { path: '^kernel/src/[^/]+/', pathNot: folders([...ROOMS, ...beside]) },
      to: {},
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that import each other at run time cannot be understood or loaded one after the other.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-these-import-node',
      severity: 'error',
      comment: "Everything else must run in a browser's Web Worker.",
      from: { path: '^kernel/src/', pathNot: MAY_IMPORT_NODE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-package-does-not-import-its-own-entry',
      severity: 'error',
      from: { path: '^kernel/src/[^/]+/', pathNot: '^kernel/src/jupyter/' },
      to: { path: '^kernel/src/index\\.ts$' },
    },
    {
      name: 'extension-takes-only-figure-data-from-the-kernel',
      severity: 'error',
      comment: 'The extension draws data; it must not bundle the library.',
      from: { path: '^labextension/' },
      to: { path: '^kernel/', pathNot: '^kernel/(src|dist)/figure/' },
    },
    {
      name: 'extension-imports-no-node',
      severity: 'error',
      from: { path: '^labextension/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'set-up-needs-no-packages',
      severity: 'error',
      comment:
        'These files run before node_modules exists; types alone are erased, and what a step imports while it runs is there.',
      from: { path: '^scripts/' },
      to: { dynamic: false, dependencyTypesNot: ['core', 'local', 'type-only'], path: 'node_modules' },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^kernel/dist'] },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
    progress: { type: 'none' },
  },
};
