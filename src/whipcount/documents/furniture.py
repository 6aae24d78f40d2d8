"""What pages say around articles, by language: a data list, to be lengthened as new pages turn up.

All in lower case, without signs at the ends.  `EXACT` are whole lines.  `OPENINGS` are first words of lines that are
furniture whatever follows; no sentence of an article begins
so.  `ENDINGS` open the part below an article: comments and the like.
"""

from __future__ import annotations

EXACT_BY_LANGUAGE: dict[str, str] = {
    "en": """skip to main content |skip to content |skip navigation |jump to content |advertisement |advertising
        |sponsored |sponsored content |promoted |live broadcast |live |main slide |beginning of the article
        |select important |on |off |log in |login |sign in |sign up |sign out |register |my account |subscribe
        |subscribe now |share |share this |share this article |share on |share via |print |print this
        |print article |email |e-mail |comment |comments |reply |menu |search |home |home page |main menu
        |related |related news |related articles |related stories |related topics |related content |see also
        |read also |read more |read next |more news |latest news |top stories |most read |most popular
        |most viewed |most commented |recommended |recommended for you |editor's picks |editors' picks |trending
        |trending now |newsletter |newsletters |accept cookies |accept all cookies |accept all |reject all
        |cookie policy |cookie settings |manage cookies |privacy policy |terms of use |terms of service
        |terms and conditions |contact us |about us |advertise with us |view video |watch video |watch the video
        |play video |view gallery |view photos |listen |listen to article |listen to this article |copy link
        |link copied |save |save article |bookmark |close |open |next |previous |back |back to top |top
        |load more |show more |see more |view all |see all |all news |original publication |text size |font size
        |original |translate |show translation |loading |continue reading |article continues below
        |story continues below |story continues below advertisement |continue reading below advertisement
        |breaking news |follow |follow us |download app |download our app |update |refresh |all rights reserved
        |the rights to this material belong to |the news mentions |tags |topics |category |categories |facebook
        |twitter |telegram |whatsapp |linkedin |vkontakte |instagram |youtube |reddit |pinterest |tumblr |viber
        |messenger""",
    "ru": """озвучить текст |войти |регистрация |выйти |реклама |поделиться |подписаться |подписка на новости
        |комментарии |читать далее |читайте также |читать также |по теме |главная |меню |поиск |новости
        |последние новости |популярное |самое читаемое |прямой эфир |печать |распечатать |скачать |наверх
        |показать ещё |показать еще |все новости |ещё |еще |материалы по теме""",
    "uk": """увійти |реєстрація |реклама |поділитися |підписатися |коментарі |читайте також |читати далі |головна
        |меню |пошук |за темою""",
    "de": """anzeige |werbung |anmelden |abmelden |registrieren |teilen |drucken |kommentare |kommentar schreiben
        |mehr zum thema |lesen sie auch |lesen sie mehr |mehr lesen |weiterlesen |startseite |menü |suche
        |zum inhalt springen |zum inhalt |abonnieren |jetzt abonnieren |meistgelesen |artikel teilen |merken
        |vorlesen |datenschutz |impressum |alle akzeptieren""",
    "fr": """publicité |se connecter |connexion |s'inscrire |s'abonner |je m'abonne |partager |imprimer |commentaires
        |commenter |à lire aussi |lire aussi |lire la suite |lire plus |accueil |recherche |aller au contenu
        |aller au contenu principal |les plus lus |sur le même sujet |mentions légales |tout accepter |écouter
        |voir aussi""",
    "es": """publicidad |iniciar sesión |registrarse |suscribirse |suscríbete |compartir |imprimir |comentarios
        |comentar |leer más |lea también |lee también |más noticias |noticias relacionadas |inicio |menú |buscar
        |ir al contenido |lo más leído |aceptar todo |escuchar |ver más""",
    "it": """pubblicità |accedi |registrati |abbonati |condividi |stampa |commenti |leggi anche |leggi tutto
        |continua a leggere |vai al contenuto |i più letti |cerca |ascolta l'articolo |accetta tutto""",
    "pl": """reklama |zaloguj się |zaloguj |zarejestruj się |udostępnij |drukuj |komentarze |czytaj też |czytaj także
        |czytaj więcej |zobacz też |zobacz także |czytaj dalej |strona główna |szukaj |najczęściej czytane
        |polecane |zobacz wideo |dalsza część artykułu |dalszy ciąg materiału pod wideo""",
    "pt": """publicidade |entrar |assine |assinar |compartilhar |partilhar |comentários |leia mais |leia também
        |ler mais |mais lidas |buscar""",
    "nl": """advertentie |inloggen |aanmelden |abonneren |delen |reacties |lees ook |lees meer |lees verder |zoeken
        |meest gelezen""",
    "tr": """reklam |giriş yap |üye ol |paylaş |yorumlar |yorum yap |ilgili haberler |devamını oku |ana sayfa |ara""",
    "cs": """reklama |přihlásit |přihlásit se |sdílet |diskuse |čtěte také |číst dál |nejčtenější |hledat |inzerce""",
}

OPENINGS: tuple[str, ...] = (
    "image source:",
    "image source ",
    "image credit",
    "image:",
    "photo credit",
    "photo source",
    "photo:",
    "photo by ",
    "picture:",
    "photograph:",
    "getty images",
    "file photo",
    "©",
    "copyright ©",
    "copyright (c)",
    "all rights reserved",
    "фото:",
    "источник изображения",
    "foto:",
    "crédit photo",
    "crédits photo",
    "bild:",
    "foto de ",
    "tags:",
    "tag:",
    "category:",
    "categories:",
    "filed under",
    "filed in",
    "posted in ",
    "posted on ",
    "posted by ",
    "published on ",
    "published:",
    "last updated",
    "updated:",
    "updated on ",
    "last modified",
    "теги:",
    "рубрика:",
    "опубликовано",
    "schlagwörter:",
    "étiquettes :",
    "etiquetas:",
    "tagi:",
    "follow us on",
    "follow us at",
    "follow me on",
    "like us on facebook",
    "join us on telegram",
    "join us on facebook",
    "join our telegram",
    "subscribe to our",
    "subscribe to the newsletter",
    "sign up for our",
    "sign up to our",
    "sign up for the newsletter",
    "sign up here",
    "get our newsletter",
    "get the latest news",
    "подписывайтесь на",
    "suivez-nous",
    "síguenos",
    "seguici su",
    "folgen sie uns",
    "we use cookies",
    "this site uses cookies",
    "this website uses cookies",
    "our site uses cookies",
    "by continuing to use",
    "мы используем cookie",
    "мы используем файлы cookie",
    "wir verwenden cookies",
    "nous utilisons des cookies",
    "utilizamos cookies",
    "ta strona używa plików cookie",
    "share on ",
    "share via ",
    "click to share",
    "click here to",
    "read more:",
    "read also:",
    "read next:",
    "see also:",
    "see more:",
    "related:",
    "more on this story",
    "more on this topic",
    "more on:",
    "also read:",
    "watch:",
    "listen:",
    "recommended:",
    "читайте также:",
    "lesen sie auch:",
    "lire aussi :",
    "à lire aussi :",
    "lea también:",
    "leggi anche:",
    "czytaj też:",
    "czytaj także:",
    "zobacz też:",
    "you may also like",
    "you might also like",
    "you may also be interested",
    "you can find more",
    "more such stories",
    "the rest of the article",
    "the rest of the text",
    "the further part of the article",
    "translated by ",
    "translation by ",
    "machine translation by",
    "переведено ",
    "переклад",
    "this page was translated",
    "the material is placed by",
    "the rights to this material",
    "this material may not be published",
    "reproduction without permission",
    "enable javascript",
    "please enable javascript",
    "javascript is disabled",
    "your browser does not support",
)

ENDINGS: tuple[str, ...] = (
    "leave a comment",
    "leave a reply",
    "post a comment",
    "write a comment",
    "add a comment",
    "add comment",
    "all comments",
    "join the conversation",
    "join the discussion",
    "do you want to leave a comment",
    "log in to comment",
    "sign in to comment",
    "show comments",
    "view comments",
    "comments are closed",
    "have your say",
    "what do you think? leave",
    "оставить комментарий",
    "добавить комментарий",
    "все комментарии",
    "написать комментарий",
    "залишити коментар",
    "kommentar schreiben",
    "kommentare anzeigen",
    "laisser un commentaire",
    "réagir à cet article",
    "deja un comentario",
    "deja tu comentario",
    "lascia un commento",
    "dodaj komentarz",
    "deixe um comentário",
    "reageer op dit",
    "yorum yaz",
)

EXACT: frozenset[str] = frozenset(
    " ".join(phrase.split()) for phrases in EXACT_BY_LANGUAGE.values() for phrase in phrases.split("|")
)
