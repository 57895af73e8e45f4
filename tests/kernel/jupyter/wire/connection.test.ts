import { describe, expect, it } from 'vitest';
import { address, parseConnection, readConnection } from '#kernel/jupyter/wire/connection';

const fields = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 1,
  control_port: 2,
  iopub_port: 3,
  stdin_port: 4,
  hb_port: 5,
  key: 'secret',
  signature_scheme: 'hmac-sha256',
};
const parse = (changes: object) => parseConnection(JSON.stringify({ ...fields, ...changes }));

describe('a connection file', () => {
  it('gives ports, key and hash', () => {
    expect(parse({})).toEqual({
      transport: 'tcp',
      ip: '127.0.0.1',
      ports: { shell: 1, control: 2, iopub: 3, stdin: 4, hb: 5 },
      key: 'secret',
      hash: 'sha256',
    });
  });

  it('may name any hash there is', () => {
    for (const hash of ['sha1', 'sha384', 'sha512']) {
      expect(parse({ signature_scheme: `hmac-${hash}` }).hash).toBe(hash);
    }
  });

  it('means loopback, tcp and no signature where it says nothing', () => {
    const { shell_port, control_port, iopub_port, stdin_port, hb_port } = fields;
    const connection = parseConnection(JSON.stringify({ shell_port, control_port, iopub_port, stdin_port, hb_port }));
    expect(connection).toMatchObject({ transport: 'tcp', ip: '127.0.0.1', key: '', hash: 'sha256' });
  });

  it.each([
    [{ shell_port: 'x' }, /shell_port must be a port number, got "x"/],
    [{ hb_port: -1 }, /hb_port/],
    [{ iopub_port: Number.NaN }, /iopub_port/],
    [{ stdin_port: 1.5 }, /stdin_port/],
    [{ transport: 'udp' }, /transport must be 'tcp' or 'ipc', got "udp"/],
    [{ ip: 5 }, /ip must be a string/],
    [{ key: null, ip: '127.0.0.1' }, undefined],
    [{ key: 7 }, /key must be a string/],
    [{ ip: '' }, /ip must be a string, and not an empty one/],
    [{ signature_scheme: 'md5' }, /signature_scheme must be 'hmac-' and a hash/],
    [
      { signature_scheme: 'hmac-rot13' },
      /signature_scheme must be 'hmac-' and a hash .as hmac-sha256., got "hmac-rot13"/,
    ],
  ])('says what is wrong in %j', (changes, message) => {
    if (message) expect(() => parse(changes)).toThrow(message);
    else expect(parse(changes).key).toBe('');
  });

  it('must be an object', () => {
    for (const text of ['[]', 'null', '5']) expect(() => parseConnection(text)).toThrow('expected a JSON object');
    expect(() => parseConnection('{')).toThrow(SyntaxError);
  });

  it('that is not there is an error', () => {
    expect(() => readConnection('/no/such/file')).toThrow(/ENOENT/);
  });
});

describe('an address', () => {
  it('is made of ip and port', () => {
    expect(address(parse({}), 'shell')).toBe('tcp://127.0.0.1:1');
    expect(address(parse({ ip: '::1' }), 'hb')).toBe('tcp://[::1]:5');
  });

  it('is a path and a number over ipc', () => {
    expect(address(parse({ transport: 'ipc', ip: '/run/kernel' }), 'iopub')).toBe('ipc:///run/kernel-3');
  });
});
