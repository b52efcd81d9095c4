// As consumer.py, with kafkajs: node consumer.mjs HOST:PORT GROUP [--until-quiet SECONDS]
import kafkajs from 'kafkajs'

const [servers, groupId, , quiet] = process.argv.slice(2)
const kafka = new kafkajs.Kafka({ clientId: groupId, brokers: servers.split(','), logLevel: kafkajs.logLevel.ERROR })
const consumer = kafka.consumer({ groupId })
const known = new Set() // in a real consumer a table, written in the transaction of the work
let last = Date.now()

await consumer.connect()
await consumer.subscribe({ topics: [/^mentoring[.].*/], fromBeginning: true })
await consumer.run({
  // An offset is resolved, and committed, after the work of its record.
  eachMessage: async ({ message }) => {
    last = Date.now()
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()]))
    if (known.has(headers.ce_id)) return
    known.add(headers.ce_id)
    const event = { id: headers.ce_id, type: headers.ce_type, subject: headers.ce_subject, tenantid: headers.ce_tenantid }
    console.log(JSON.stringify({ ...event, data: JSON.parse(message.value.toString()) }))
  }
})
if (quiet) {
  const look = setInterval(async () => {
    if (Date.now() - last < Number(quiet) * 1000) return
    clearInterval(look)
    await consumer.disconnect()
  }, 200)
}
