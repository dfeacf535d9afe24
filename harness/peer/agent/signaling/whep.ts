import { httpOffers } from './http-offers.ts';

export const open = httpOffers('whep');
