// As consumer.py, with Apache Kafka's own client: java -cp 'JARS/*' Consumer.java HOST:PORT GROUP [--until-quiet SECONDS]

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class Consumer {
  public static void main(String[] given) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", given[0]);
    settings.put("group.id", given[1]);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    Duration quiet = given.length > 3 ? Duration.ofMillis((long) (Double.parseDouble(given[3]) * 1000)) : null;
    Set<String> known = new HashSet<>(); // in a real consumer a table, written in the transaction of the work
    StringDeserializer text = new StringDeserializer();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, text, text)) {
      consumer.subscribe(Pattern.compile("^mentoring[.].*"));
      long last = System.nanoTime();
      while (quiet == null || System.nanoTime() - last < quiet.toNanos()) {
        ConsumerRecords<String, String> polled = consumer.poll(Duration.ofMillis(500));
        for (ConsumerRecord<String, String> record : polled) {
          last = System.nanoTime();
          if (!known.add(header(record, "ce_id"))) {
            continue;
          }
          System.out.printf(
              "{\"id\": \"%s\", \"type\": \"%s\", \"subject\": \"%s\", \"tenantid\": \"%s\", \"data\": %s}%n",
              header(record, "ce_id"), header(record, "ce_type"), header(record, "ce_subject"),
              header(record, "ce_tenantid"), record.value());
        }
        consumer.commitSync(); // after the work: what comes again after a crash has the id of the first time
      }
    }
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
