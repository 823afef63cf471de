//! The word index over many writings, and what is remembered of tickets that were looked at.

use super::*;

fn said(id: i64, details: &str) -> TicketRecord {
    TicketRecord { id: TicketId(id), details: details.into(), last_update: ago(1000 - id), ..TicketRecord::default() }
}

fn found(mirror: &Mirror, query: &str) -> Vec<i64> {
    let ask = ask(query);
    let read = mirror.read(move |reader| reader.tickets(&ask));
    futures::executor::block_on(read).unwrap().rows.iter().map(|row| row.id.0).collect()
}

async fn write(mirror: &Mirror, records: Vec<TicketRecord>) {
    mirror.write(Batch::Tickets(records), Pass::Any, now()).await.unwrap();
}

#[tokio::test]
async fn what_is_scattered_over_the_word_index_is_brought_together() {
    let mirror = Mirror::in_memory(&identity()).unwrap();
    for round in 0..11 {
        write(&mirror, (0..5).map(|n| said(1 + round * 5 + n, &format!("printer jam{round}"))).collect()).await;
    }
    write(&mirror, vec![said(7, "printer mended")]).await;
    let scattered = || mirror.read(|reader| Ok(crate::mirror::words::scattered(&reader.conn)?));
    let queries = ["printer", "jam3", "jam", "mended", "is:open sort:updated printer"];
    let before: Vec<_> = queries.iter().map(|query| found(&mirror, query)).collect();
    assert!(!scattered().await.unwrap().is_empty());
    mirror.gather().await.unwrap();
    assert_eq!(scattered().await.unwrap(), Vec::<String>::new());
    for (query, before) in queries.iter().zip(before) {
        // Asked in other words, so that it is looked for again.
        assert_eq!(found(&mirror, &format!("{query} is:open")), before, "{query}");
    }
    let written = mirror.read(|reader| Ok(reader.conn.query_row("SELECT n FROM writes", [], |row| row.get::<_, i64>(0))?));
    let written = written.await.unwrap();
    mirror.gather().await.unwrap();
    let after = mirror.read(|reader| Ok(reader.conn.query_row("SELECT n FROM writes", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(after.await.unwrap(), written);
}

#[tokio::test]
async fn what_was_looked_at_is_looked_at_again_once_it_has_changed() {
    let mirror = Mirror::in_memory(&identity()).unwrap();
    write(&mirror, vec![said(1, "the printer jams"), said(2, "the printer burns")]).await;
    for query in ["jams", "is:open sort:updated jams", "\"printer jams\""] {
        assert_eq!(found(&mirror, query), [1], "{query}");
    }
    write(&mirror, vec![TicketRecord { last_update: ago(0), ..said(1, "all is well") }]).await;
    for query in ["jams", "is:open sort:updated jams", "\"printer jams\""] {
        assert_eq!(found(&mirror, query), Vec::<i64>::new(), "{query}");
    }
    assert_eq!(found(&mirror, "is:open sort:updated well"), [1]);
}
