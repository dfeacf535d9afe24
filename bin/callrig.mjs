#!/usr/bin/env node
import { register } from 'tsx/esm/api';

register();
const { start } = await import('../harness/main.ts');
await start();
