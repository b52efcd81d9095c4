// The words of the console, by language: messages/<language>.json. English says which there are.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import cy from "./messages/cy.json";
import en from "./messages/en.json";
import es from "./messages/es.json";
import pl from "./messages/pl.json";

export const LANGUAGES = { en: "English", cy: "Cymraeg", es: "Español", pl: "Polski" } as const;
const CHOSEN = "mentoring.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export async function speak(): Promise<void> {
  const wanted = localStorage.getItem(CHOSEN) ?? navigator.language.slice(0, 2);
  i18next.on("languageChanged", (chosen) => (document.documentElement.lang = chosen));
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, cy: { translation: cy }, es: { translation: es }, pl: { translation: pl } },
    lng: wanted in LANGUAGES ? wanted : "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React does that
  });
}

export async function choose(language: string): Promise<void> {
  localStorage.setItem(CHOSEN, language);
  await i18next.changeLanguage(language);
}

export function language(): string {
  return i18next.language;
}

/** Words by key, and dates and numbers as the language writes them. */
export function useWords() {
  const { t } = useTranslation();
  const lang = i18next.language === "en" ? "en-GB" : i18next.language;
  return {
    t,
    /** A word of the service, such as a state, in the language if it is known. */
    word: (name: string): string => {
      const small = name.toLowerCase();
      return i18next.exists(`word.${small}`) ? i18next.t(`word.${small}` as never) : small.replaceAll("_", " ");
    },
    date: (at: string | null | undefined): string =>
      at ? new Intl.DateTimeFormat(lang, { dateStyle: "medium" }).format(new Date(at)) : "",
    time: (at: string | null | undefined): string =>
      at
        ? new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" }).format(new Date(at))
        : "",
    /** A day without a time, such as Mon 3 May. */
    weekday: (day: string): string =>
      new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short" }).format(new Date(`${day}T12:00`)),
    number: (value: number, digits = 0): string =>
      new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(value),
    percent: (value: number | null | undefined, digits = 0): string =>
      value == null
        ? "–"
        : new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: digits }).format(value / 100),
  };
}
