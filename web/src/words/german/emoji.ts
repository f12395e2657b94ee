// In German: what the emoji are called that are named before the words for all are fetched.

/** By the emoji, without the sign that asks for a picture. */
export const EMOJI: Readonly<Record<string, string>> = {
  "👍": "Daumen hoch", "👎": "Daumen runter", "❤": "Herz", "😂": "Freudentränen", "🎉": "Feier", "😮": "überrascht", "😢": "weinend", "🙏": "danke",
  "😀": "grinsend", "😄": "lachend", "😅": "erleichtertes Lachen", "😊": "lächelnd", "😉": "zwinkernd", "😍": "Herzaugen", "😘": "Kuss", "🤗": "Umarmung",
  "🤔": "nachdenklich", "🙄": "augenrollend", "😴": "schlafend", "😬": "Grimasse", "😭": "heulend", "😡": "wütend", "🤯": "explodierender Kopf", "🥳": "feiernd",
  "👏": "klatschend", "🙌": "erhobene Hände", "💪": "stark", "👌": "perfekt", "✌": "Sieg", "🤝": "Handschlag", "👋": "winkend", "🤞": "Daumen gedrückt",
  "🔥": "Feuer", "✨": "Funkeln", "⭐": "Stern", "💯": "hundert Punkte", "✅": "erledigt", "❌": "Kreuz", "❓": "Fragezeichen", "❗": "Ausrufezeichen",
  "👀": "Augen", "💡": "Idee", "🚀": "Rakete", "🐛": "Raupe", "☕": "Kaffee", "🍕": "Pizza", "🎂": "Torte", "🌱": "Keimling",
};
