import { allEvents } from '../events';
import { publicApi } from '../http';
import { describeRelease, operationsByName, releaseSchema } from './release';

const release = describeRelease({
  subscriptions: { audit: ['*'], notification: ['factor.enrolled'], challenge: [] },
  callers: { 'identity.authorise': ['gateway', 'audit'] },
  checkers: { statement: ['challenge', 'audit'], proof: ['identity'] },
  fixtures: { 'factor.enrolled': { 1: 'first', 2: 'second' } },
});

describe('the description of a release', () => {
  it('holds every event, operation and endpoint, and is what a file can hold', () => {
    expect(Object.keys(release.events)).toEqual(allEvents.map(({ type }) => type).sort());
    expect(Object.keys(release.operations)).toEqual(Object.keys(operationsByName).sort());
    expect(Object.keys(release.endpoints)).toEqual(Object.keys(publicApi).sort());
    expect(releaseSchema.parse(JSON.parse(JSON.stringify(release)))).toEqual(release);
  });

  it('names as readers of an event its owner, and whoever subscribes to it or to everything', () => {
    expect(release.events['factor.enrolled']).toMatchObject({
      owner: 'factor-enrollment',
      version: 2,
      written: 2,
      readers: ['audit', 'factor-enrollment', 'notification'],
      fixtures: { 1: 'first', 2: 'second' },
    });
    expect(release.events['sign-in.started']?.readers).toEqual(['audit', 'identity']);
  });

  it('names who calls an operation, and who may', () => {
    expect(release.operations['identity.authorise']?.callers).toEqual(['audit', 'gateway']);
    expect(release.operations['identity.authorise']?.allowed).toEqual(['gateway']);
  });

  it('names who reads what stands around events and calls', () => {
    const readers = Object.entries(release.shapes).map(([name, shape]) => [name, shape.readers]);
    const all = ['audit', 'challenge', 'factor-enrollment', 'identity', 'notification'];
    expect(readers).toEqual([
      ['callContext', all],
      ['fact', all],
      ['proof', ['identity']],
      ['statement', ['audit', 'challenge']],
    ]);
    expect(release.shapes['proof']?.data.properties).toHaveProperty(['proofId']);
  });

  it('§6.11 has readers between services that pass over what a newer release adds', () => {
    const ofServices = [
      ...Object.values(release.operations).flatMap(({ request, reply }) => [request, reply]),
      ...Object.values(release.shapes).map(({ data }) => data),
    ];
    // A strict object says so; a record says what its other fields are.
    expect(JSON.stringify(ofServices)).not.toContain('"additionalProperties":false');
  });

  it('describes what is sent before it is normalised, and a query that can be left out', () => {
    expect(release.endpoints['listAuditRecords']).toMatchObject({
      address: 'GET /v1/organisations/{organisationId}/audit/records',
      request: { required: [], properties: { query: { properties: { limit: { default: 100 } } } } },
      reply: { required: ['status', 'body'], properties: { status: { const: 200 } } },
    });
  });

  it('tells a body that must be sent from one that may be', () => {
    expect(release.endpoints['startSignIn']?.request.required).toEqual(['body']);
    expect(release.endpoints['revokeFactor']?.request.required).toEqual([]);
    expect(release.endpoints['revokeFactor']?.request.properties).toHaveProperty(['body']);
    expect(release.endpoints['endSession']?.reply.required).toEqual(['status']);
  });
});
