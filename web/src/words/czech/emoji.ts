// In Czech: what the emoji are called that are named before the words for all are fetched.

/** By the emoji, without the sign that asks for a picture. */
export const EMOJI: Readonly<Record<string, string>> = {
  "👍": "palec nahoru", "👎": "palec dolů", "❤": "srdce", "😂": "slzy smíchu", "🎉": "oslava", "😮": "překvapení", "😢": "pláč", "🙏": "děkuji",
  "😀": "úsměv", "😄": "smích", "😅": "úlevný smích", "😊": "radost", "😉": "mrknutí", "😍": "zamilované oči", "😘": "polibek", "🤗": "objetí",
  "🤔": "přemýšlení", "🙄": "oči v sloup", "😴": "spánek", "😬": "šklebící se", "😭": "usedavý pláč", "😡": "vztek", "🤯": "vybuchující hlava", "🥳": "slavící",
  "👏": "potlesk", "🙌": "zdvižené ruce", "💪": "síla", "👌": "perfektní", "✌": "vítězství", "🤝": "podání ruky", "👋": "mávání", "🤞": "držím palce",
  "🔥": "oheň", "✨": "jiskry", "⭐": "hvězda", "💯": "sto bodů", "✅": "hotovo", "❌": "křížek", "❓": "otazník", "❗": "vykřičník",
  "👀": "oči", "💡": "nápad", "🚀": "raketa", "🐛": "housenka", "☕": "káva", "🍕": "pizza", "🎂": "dort", "🌱": "sazenice",
};
