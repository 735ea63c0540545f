import { silentLog } from '../lib/log.ts';
import { openStore } from './open-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('store named :memory:', { open: () => openStore({ path: ':memory:', log: silentLog }) });
