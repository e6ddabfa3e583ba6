export { teardown as default } from './cassandra-setup.ts';
