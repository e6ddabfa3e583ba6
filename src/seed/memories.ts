import { randomInt } from 'node:crypto';

/** Whose memories EPHEMERA harvests, and what it finds there. */
const USERS = [
  'Mara Venn',
  'Tobias Quill',
  'Ines Okafor',
  'Juno Castellan',
  'Radek Holm',
  'Priya Sundar',
  'Elio Marchetti',
  'Wren Takahashi',
  'Noor Haddad',
  'Caspian Voss',
  'Odile Fontaine',
  'Amadi Reyes',
  'Sigrid Lund',
  'Bao Linh',
  'Dorian Achterberg',
  'Lucía Ferrer',
  'Anselm Grau',
  'Yuki Moriyama',
  'Theo Papadakis',
  'Zofia Wrona',
];

const MEMORIES = [
  'The first snow over the harbour, and nobody else awake',
  'A lullaby in a language no one in the family speaks any more',
  'The code to a locker that was torn down years ago',
  'Burnt toast, laughter, and a radio between two stations',
  'The exact weight of a letter that was never sent',
  'Running barefoot along the maglev platform at midnight',
  'A name written on fogged glass, fading from the edges in',
  'The taste of the last orange aboard the Dimension-4 shuttle',
  'Grandmother counting stars aloud and losing count on purpose',
  'The hum of the reactor on the night it went silent',
  'A chess game abandoned two moves before mate',
  'Somebody humming in the next room, always the same four bars',
  'The door that was blue before it was painted grey',
  'An argument about the moon, settled by falling asleep',
  'Salt on the window after the storm took the pier',
  'The stray cat that answered to the name of a senator',
  'How the corridor smelled of rain although it never rained there',
  'A promise made on a ferry, too quietly to be held to',
  'The map on the ceiling above the childhood bed',
  'Three knocks, a pause, and the relief of a familiar voice',
  'The museum guard who explained every painting wrongly and well',
  'Hands learning to tie a knot that the eyes had forgotten',
  'The colour of the sky in the second before the blackout',
  'A song that ended mid-word when the archive was seized',
];

/** One random user with one random memory. */
export function randomMemory(): { userName: string; memoryFragment: string } {
  return { userName: pick(USERS), memoryFragment: pick(MEMORIES) };
}

function pick(list: string[]): string {
  return list[randomInt(list.length)] ?? '';
}
