/**
 * Tells whether a text mixes scripts that no language writes together: "аda" with a Cyrillic first letter. The "highly
 * restrictive" level of UTS 39 §5.2: one script, whichever it is, or Latin with what is written in Japan, in Taiwan or in
 * Korea. Digits, marks and signs that every script uses go with all of them.
 */
export function mixesScripts(text: string): boolean {
  return !writtenTogether.some((shape) => shape.test(text));
}

/** Tells whether a text mixes digits of two systems, of which some look alike: "٤" and "۴" (UTS 39 §5.3). */
export function mixesDigits(text: string): boolean {
  return new Set((text.match(/\p{Nd}/gu) ?? []).map(zeroOf)).size > 1;
}

/** Tells whether marks lie upon each other, where a reader cannot see how many there are (UTS 39 §5.4). */
export function stacksMarks(text: string): boolean {
  return /(\p{Mn})\1|\p{Mn}{5}/u.test(text.normalize("NFD"));
}

/** Each system's ten digits stand in a row, and no two rows touch but those of mathematics, which NFKC has folded. */
function zeroOf(digit: string): number {
  let point = digit.codePointAt(0) ?? 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - 1))) point -= 1;
  return point;
}

/** Every script of Unicode 17. A Node that does not know one of them knows none of its letters either. */
const scripts =
  `Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Beria_Erfe
  Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee
  Chorasmian Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan
  Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi
  Gurmukhi Gurung_Khema Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inscriptional_Pahlavi
  Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki
  Khudawadi Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic
  Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi
  Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham
  Ol_Chiki Ol_Onal Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian
  Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang
  Runic Samaritan Saurashtra Sharada Shavian Siddham Sidetic SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese
  Sunuwar Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takri Tamil Tangsa Tangut Telugu Thaana Thai
  Tibetan Tifinagh Tirhuta Todhri Tolong_Siki Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi
  Zanabazar_Square`.split(/\s+/);

const combined = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

const writtenTogether = [...combined, ...scripts.map((script) => [script])].flatMap((group) => {
  const classes = ["Common", "Inherited", ...group].map((script) => `\\p{Script_Extensions=${script}}`);
  try {
    // biome-ignore lint/plugin: made of the names above alone; a literal with one that this Node does not know is no program
    return [new RegExp(`^[${classes.join("")}]*$`, "u")];
  } catch {
    return [];
  }
});
