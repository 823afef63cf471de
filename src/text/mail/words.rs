//! How mail programs say, in many languages, that an older mail follows. All words are folded.

/// "-----Original Message-----", folded.
#[rustfmt::skip]
pub(super) const ORIGINAL: &[&str] = &[
    "original message", "original appointment", "ursprungliche nachricht", "originalnachricht", "message d'origine",
    "message original", "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
    "originele bericht", "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding",
    "alkuperainen viesti", "wiadomosc oryginalna", "oryginalna wiadomosc", "puvodni zprava", "исходное сообщение",
    "orijinal mesaj", "eredeti uzenet", "mesaj original", "元のメッセージ", "原始邮件", "原始郵件", "원본 메시지",
];

/// "---------- Forwarded message ---------", folded.
#[rustfmt::skip]
pub(super) const FORWARDED: &[&str] = &[
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message transfere", "debut du message transfere",
    "debut du message reexpedie", "mensaje reenviado", "inicio del mensaje reenviado", "messaggio inoltrato",
    "inizio messaggio inoltrato", "mensagem encaminhada", "doorgestuurd bericht", "begin doorgestuurd bericht",
    "vidarebefordrat meddelande", "videresendt meddelelse", "videresendt melding", "edelleenlahetetty viesti",
    "wiadomosc przekazana dalej", "preposlana zprava", "пересылаемое сообщение", "yonlendirilmis ileti", "転送されたメッセージ",
    "转发的邮件", "转发邮件", "轉寄郵件", "전달된 메시지",
];

/// What service desks ask people to write above.
#[rustfmt::skip]
pub(super) const WRITE_ABOVE: &[&str] = &[
    "reply above this line", "type your reply above", "uber dieser zeile antworten",
    "repondre au-dessus de cette ligne",
];

/// What the first line of a block of mail headers is called, folded.
#[rustfmt::skip]
pub(super) const FROM: &[&str] = &[
    "from", "von", "de", "da", "van", "fran", "fra", "lahettaja", "od", "от", "кого", "від", "kimden", "gonderen",
    "felado", "de la", "差出人", "发件人", "寄件者", "寄件人", "보낸 사람", "보낸사람", "απο",
];

/// What headers are called that only mails have: when it was sent, what it is about.
#[rustfmt::skip]
pub(super) const SENT: &[&str] = &[
    "sent", "date", "subject", "gesendet", "datum", "betreff", "envoye", "objet", "enviado", "enviada em",
    "enviado el", "fecha", "asunto", "inviato", "data", "oggetto", "assunto", "verzonden", "onderwerp", "skickat",
    "amne", "sendt", "emne", "lahetetty", "paivays", "aihe", "wyslano", "temat", "odeslano", "predmet", "отправлено",
    "дата", "тема", "надіслано", "gonderildi", "tarih", "konu", "kuldve", "targy", "trimis", "subiect", "送信日時", "日付",
    "件名", "发送时间", "日期", "主题", "寄件日期", "傳送時間", "主旨", "보낸 날짜", "날짜", "제목", "ημερομηνια", "θεμα",
];

/// What headers are called that name people.
#[rustfmt::skip]
pub(super) const TO: &[&str] = &[
    "to", "cc", "an", "a", "para", "aan", "till", "kopia", "til", "kopi", "vastaanottaja", "kopio", "do", "dw",
    "komu", "kopie", "кому", "копия", "копія", "kime", "bilgi", "cimzett", "masolatot kap", "catre", "宛先", "收件人",
    "抄送", "收件者", "副本", "받는 사람", "받는사람", "참조", "προσ", "reply-to", "importance", "attachments",
];

/// "She wrote", folded, in the heading of a quote.
#[rustfmt::skip]
pub(super) const WROTE: &[&str] = &[
    " wrote", " writes", " schrieb", " geschrieben", " a ecrit", " escribio", " ha scritto", " escreveu", " schreef",
    " skrev", " kirjoitti", " napisal", " pisze", " napsal", " napisao", " написал", " пишет", " пише", " написав",
    " yazdi", " ezt irta", " a scris", " εγραψε", " menulis", " da viet", " כתב", " كتب", "のメール", "書きました", "写道", "寫道",
    "작성",
];

/// What the heading of a quote begins with where it is broken over lines, folded.
#[rustfmt::skip]
pub(super) const ON: &[&str] = &[
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "w dniu ", "dnia ", "dne ", "на ", "в ", "pada ", "vao ",
    "a ", "la ", "στισ ", "from: ",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn words_are_folded() {
        for word in [ORIGINAL, FORWARDED, WRITE_ABOVE, FROM, SENT, TO, WROTE, ON].concat() {
            assert_eq!(fold(word), word);
        }
    }
}
